"""What happened in a training run, step by step."""

import json
from dataclasses import asdict, dataclass, field, fields

from throughtime.errors import ThroughTimeError


@dataclass
class History:
    r"""Keep the course of a training run, to plot or to store.

    The first five lists have one entry a step; the next two, one a validation.
    """

    steps: list[int] = field(default_factory=list)
    """Numbers of the steps, from 1."""
    losses: list[float] = field(default_factory=list)
    """The loss before each step, as ``loss`` returned it (nats a token, as a rule)."""
    norms: list[float] = field(default_factory=list)
    """The joint norm of the gradients, before clipping."""
    lr: list[float] = field(default_factory=list)
    """The learning rate of the step (of the optimizer's first group)."""
    seconds: list[float] = field(default_factory=list)
    """Seconds from the start to the end of the step, validation included."""
    validation_steps: list[int] = field(default_factory=list)
    """The number of steps taken when a validation was made."""
    validation: list[float] = field(default_factory=list)
    """What the validation gave; the less, the better."""
    stopped: str | None = None
    """Why it ended: epochs, steps, minutes, patience or interrupted."""

    def __len__(self) -> int:
        return len(self.steps)

    @property
    def best(self) -> tuple[int, float] | None:
        """The step and the value of the best validation; the first one, if equal."""
        pairs = zip(self.validation_steps, self.validation, strict=True)
        finite = [(value, step) for step, value in pairs if value == value]
        return min(finite)[::-1] if finite else None

    def to_json(self) -> str:
        """Return everything as JSON."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> "History":
        r"""Return the history that :meth:`to_json` wrote.

        Raises:
            ThroughTimeError: The text is not such a history.

        >>> History.from_json(History(steps=[1], losses=[2.5]).to_json()).losses
        [2.5]
        """
        try:
            found = json.loads(text)
        except json.JSONDecodeError as error:
            raise ThroughTimeError(
                f"the text is no JSON ({error}); wanted what History.to_json wrote. "
                "Try to write it again."
            ) from error
        wanted = {entry.name for entry in fields(cls)}
        if not isinstance(found, dict) or set(found) != wanted:
            kind = sorted(found) if isinstance(found, dict) else type(found).__name__
            raise ThroughTimeError(
                f"the text holds {kind}; wanted a history with {sorted(wanted)}. "
                "Try the text that History.to_json wrote."
            )
        return cls(**found)
