/// A property of a filter that has its initial value at the start of each message.
///
/// ```swift
/// final class Patient: Milter {
///   @PerMessage private var recipients = 0
///
///   override func envrcpt(_ recipient: String, _ args: [String]) throws -> Status {
///     recipients += 1
///     return recipients > 50 ? .tempfail : .continue
///   }
/// }
/// ```
///
/// The initial value is computed again for each message that uses the property. The property is reset, and its
/// value is released, after the message has ended and ``MilterBase/messageEnded()`` has returned. A value that
/// was set before the message began, for example in ``Milter/connect(_:_:)``, is lost when the message begins.
/// Keep the state of the client in a plain property.
///
/// Only a class that inherits from ``Milter`` or ``AsyncMilter`` can have such properties. If no message uses a
/// property, it costs nothing.
///
/// In libmilter, this is memory at the pointer of `smfi_setpriv`, which a filter allocates in
/// `xxfi_envfrom` and frees wherever a message can end.
@propertyWrapper
public struct PerMessage<Value> {
  @usableFromInline let initial: () -> Value
  @usableFromInline var current: Value
  /// Whether the filter will reset the value.
  @usableFromInline var isUsed = false

  /// Declares the property with its initial value, which is computed again for each message.
  @inlinable public init(wrappedValue: @autoclosure @escaping () -> Value) {
    initial = wrappedValue
    current = wrappedValue()
  }

  /// The value, which is accessible only through the filter.
  @available(
    *, unavailable,
    message: "@PerMessage is for properties of a class that inherits from Milter or AsyncMilter"
  )
  public var wrappedValue: Value {
    get { fatalError("unavailable") }
    set { fatalError("unavailable") }
  }

  /// The value for the current message.
  ///
  /// Inlined, so that the compiler replaces the key path with a direct access to the property.
  @inlinable
  public static subscript<Filter: MilterBase>(
    _enclosingInstance filter: Filter,
    wrapped _: ReferenceWritableKeyPath<Filter, Value>,
    storage storage: ReferenceWritableKeyPath<Filter, Self>
  ) -> Value {
    get { filter[keyPath: storage].value(of: filter, storage) }
    _modify { yield &filter[keyPath: storage][of: filter, storage] }
  }

  /// Returns the value.
  ///
  /// Reading it also schedules the reset, because an object can change without an assignment.
  @inlinable mutating func value<Filter: MilterBase>(
    of filter: Filter, _ storage: ReferenceWritableKeyPath<Filter, Self>
  ) -> Value {
    if !isUsed { use(storage, of: filter) }
    return current
  }

  /// The value for a change.
  @inlinable subscript<Filter: MilterBase>(
    of filter: Filter, storage: ReferenceWritableKeyPath<Filter, Self>
  ) -> Value {
    get { current }
    _modify {
      if !isUsed { use(storage, of: filter) }
      yield &current
    }
  }

  /// Schedules the reset of the value at the end of the message.
  @usableFromInline mutating func use<Filter: MilterBase>(
    _ storage: ReferenceWritableKeyPath<Filter, Self>, of filter: Filter
  ) {
    isUsed = true
    filter.messageResets.append { [unowned filter] in filter[keyPath: storage].reset() }
  }

  private mutating func reset() {
    current = initial()
    isUsed = false
  }
}

extension MilterBase {
  /// Resets all properties that the message has used.
  final func resetMessageProperties() {
    guard !messageResets.isEmpty else { return }
    // The list is emptied first, because the release of a value may use the filter again.
    let resets = messageResets
    messageResets = []
    for reset in resets { reset() }
  }
}
