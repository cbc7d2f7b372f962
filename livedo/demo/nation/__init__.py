"""An invented nation of people on dialysis over five years, and the register of its cases."""
