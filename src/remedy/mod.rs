//! What replaces a leaked key: a role for the place that it leaked from, and policies for it.
