"""Recurrent networks to read: the library of the course Through Time.

Modules, in the order in which to read them::

    errors      everything that the library raises
    shapes      check an argument's shape, and say what to try
    device      choose a device once, seed every source of chance once
    assignment  close the modules that students write themselves
    text        symbols to numbers and back; corpora without a download
    tasks       tasks made by a generator, each with its baseline
    images      scenes of shapes with every true caption; digits from fonts
    download    real corpora by name, checked and cached
    cells       one step in time: Elman's, and Pascanu's variable
    gated       one step of LSTM, GRU and their relatives
    unroll      any step, repeated through time
    bptt        the derivations in NumPy, and as fast autograd functions
    spectrum    how gradients grow and shrink: radii, Jacobians, bounds, clipping
    layers      recurrent layers, called like those of torch.nn
    models      networks for whole tasks
    decode      from a model of the next token to sequences
    metrics     losses a token, BLEU, truth, attention
    train       one training loop that can be stopped and gone on with
    testing     compare two results; check a gradient by central differences
    graph       nodes and arrows, for drawings of networks
    plot        every figure of the book, in one style

Import what you need from its own module; nothing is re-exported here.
"""

__version__ = "0.6.0"
