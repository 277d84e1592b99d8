"""Whether an error means that memory could not be had: each library has its own way of saying so."""

from __future__ import annotations

from collections.abc import Iterator

from lib.cards.errors import PhotoTooLarge

# Their classes say nothing: ONNX Runtime's arena and its operators, torch, OpenCV.
WORDS = (
    "Failed to allocate memory for requested buffer",
    "std::bad_alloc",
    "DefaultCPUAllocator: can't allocate memory",
    "(-4:Insufficient memory)",
)


def out_of_memory(error: BaseException) -> bool:
    """Return whether the error, or one that led to it, is an allocation that failed."""
    return any(
        isinstance(one, MemoryError) or any(words in str(one) for words in WORDS) for one in _with_causes(error)
    )


def needs_too_much_memory() -> PhotoTooLarge:
    """Return the error for a photo that cannot be read within the memory of a job."""
    return PhotoTooLarge(
        "This photo needs more memory than a reader may use.",
        "Save it smaller, or take it again with fewer cards in the picture.",
    )


def _with_causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
