"""`python -m bot.classifier.training` remakes the shipped model from the training text, bit for bit."""

import argparse
import hashlib
from pathlib import Path

from bot.classifier import model
from bot.classifier.training.fit import fitted
from bot.classifier.training.grammar import aside, samples, text_checksum

SHIPPED = Path(model.__file__).with_name(model.FILE)


def main() -> None:
    """Writes the model file, and says what it is."""
    parser = argparse.ArgumentParser(description="Remake the classifier's model from its training text.")
    parser.add_argument("--to", type=Path, default=SHIPPED, help="where to write the model (default: the shipped file)")
    made = model.packed(remade())
    to: Path = parser.parse_args().to
    to.write_bytes(made)
    print(f"{to}: {len(made)} bytes, sha256 {hashlib.sha256(made).hexdigest()}")


def remade() -> model.Model:
    """The model that the training text makes."""
    return fitted(samples(), aside(), text_checksum())


if __name__ == "__main__":
    main()
