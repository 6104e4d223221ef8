"""The lowest layer: values, the machine, and the choices that columns hold. It imports nothing else of ours."""
