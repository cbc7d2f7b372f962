"""What we learn from cases: the register, how many there are, how they fare.

Stands beside `act`: it reads the record and what people entered, and judges by the same
rules, but never what to do for one patient. The statistics need `pip install "livedo[registry]"`;
nothing here imports them before they are asked for.
"""
