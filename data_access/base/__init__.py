"""The ground: values, the machine, and the choices that columns are made of. It knows nothing else of ours."""
