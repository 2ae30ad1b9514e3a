"""The parts of the state machine: its graphs, its queue, its workers and what watches them."""
