"""The door of steering (*theo dõi, đôn đốc*)."""

from dancu.steering.loading import load_documents

__all__ = ["load_documents"]
