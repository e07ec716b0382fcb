"""Light becomes numbers: families of stages, a folder each, a method a file. A sensor profile is a chain of them."""
