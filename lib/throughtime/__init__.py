"""Recurrent networks to read: the library of the course Through Time.

Modules, in the order in which to read them::

    errors      everything that the library raises
    shapes      check an argument's shape, and say what to try
    device      choose a device once, seed every source of chance once
    assignment  close the modules that students write themselves
    text        characters to numbers and back; a corpus without a download
    cells       one step in time
    unroll      any step, repeated through time
    bptt        the Elman network with its loss and gradients, in NumPy
    testing     compare two results; check a gradient by central differences
    graph       nodes and arrows, for drawings of networks
    plot        every figure of the book, in one style

Import what you need from its own module; nothing is re-exported here.
"""

__version__ = "0.1.0"
