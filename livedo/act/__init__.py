"""What to do next: worklist, explanation, replay, palpation round."""
