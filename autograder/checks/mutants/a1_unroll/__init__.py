"""Known answers to the checks of a1, a file for each question.

Names differ between the files, because all of them meet here.
"""

# ruff: noqa: F403

from checks.mutants.a1_unroll.bits_per_letter import *
from checks.mutants.a1_unroll.count_parameters import *
from checks.mutants.a1_unroll.inputs_and_targets import *
from checks.mutants.a1_unroll.leaky_step import *
from checks.mutants.a1_unroll.sample import *
from checks.mutants.a1_unroll.unroll_ragged import *
