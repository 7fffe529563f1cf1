"""PDF of a composed letter: its data, the compiled form, the engine that sets it, and an office suite instead."""
