// These filters have a module of their own, because the library must also find the overrides of
// filters and their subclasses across modules.

public import MilterKit

/// A filter that overrides only helo, and may be subclassed in other modules.
open class HeloFilter: Milter {
  open override func helo(_ host: String) throws -> Status { .accept }
}

/// A generic filter.
open class GenericFilter<Value>: Milter {
  /// The filter's values.
  public var values: [Value] = []

  open override func header(_ name: String, _ value: String) throws -> Status { .continue }
}

/// The same as ``HeloFilter``, with async callbacks.
open class AsyncHeloFilter: AsyncMilter {
  open override func helo(_ host: String) async throws -> Status { .accept }
}

/// The same as ``GenericFilter``, with async callbacks.
open class AsyncGenericFilter<Value>: AsyncMilter {
  /// The filter's values.
  public var values: [Value] = []

  open override func header(_ name: String, _ value: String) async throws -> Status { .continue }
}
