// One import gives a filter author the whole vocabulary.
@_exported public import MilterCore
