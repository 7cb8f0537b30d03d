r"""How gradients grow and shrink through time: spectra, Jacobians, bounds and clipping.

- ``sizes``: spectral radius, norms, numerical range, departure from normality.
- ``matrices``: matrices with a wanted spectrum: scaled, orthogonal, identity.
- ``jacobians``: the Jacobian of one step, ordered products, and the upper bound.
- ``along``: the gradient norms that a loss has along an unrolled network.
- ``clipping``: clipping by the joint norm, and by value.
- ``surface``: the error surface of a network of one unit, with its cliff.

Tensors come in and lie where they lie; single numbers go out as floats. Nothing here
takes part in training but the two clipping functions.
"""

from throughtime.spectrum.along import Recorder, step_gradient_norms
from throughtime.spectrum.clipping import clip_norm_, clip_value_
from throughtime.spectrum.jacobians import (
    elman_jacobian,
    gradient_bound,
    jacobian_product,
    pascanu_jacobian,
    step_jacobian,
)
from throughtime.spectrum.matrices import identity, orthogonal, with_radius
from throughtime.spectrum.sizes import (
    departure_from_normality,
    frobenius_norm,
    numerical_radius,
    numerical_range,
    power_norms,
    spectral_norm,
    spectral_radius,
)
from throughtime.spectrum.surface import Surface, error_surface

__all__ = [
    "Recorder",
    "Surface",
    "clip_norm_",
    "clip_value_",
    "departure_from_normality",
    "elman_jacobian",
    "error_surface",
    "frobenius_norm",
    "gradient_bound",
    "identity",
    "jacobian_product",
    "numerical_radius",
    "numerical_range",
    "orthogonal",
    "pascanu_jacobian",
    "power_norms",
    "spectral_norm",
    "spectral_radius",
    "step_gradient_norms",
    "step_jacobian",
    "with_radius",
]
