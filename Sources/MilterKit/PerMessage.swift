/// A property of a filter that starts every message at its initial value.
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
/// The initial value is computed anew for each message that uses the property. It is back, and what
/// the property held is released, when the message has ended and ``MilterBase/messageEnded()`` has
/// returned. A value that was set before the message began, for example in
/// ``Milter/connect(_:_:)``, is gone in the message: keep what belongs to the client in a plain
/// property.
///
/// Only a class that inherits from ``Milter`` or ``AsyncMilter`` can have such properties. A property that no message
/// uses costs nothing.
///
/// In libmilter, this is memory at the pointer of `smfi_setpriv`, which a filter allocates in
/// `xxfi_envfrom` and frees wherever a message can end.
@propertyWrapper
public struct PerMessage<Value> {
  @usableFromInline let initial: () -> Value
  @usableFromInline var current: Value
  /// Whether the filter will reset the value.
  @usableFromInline var isUsed = false

  /// Declares the property with its initial value, which is computed anew for each message.
  @inlinable public init(wrappedValue: @autoclosure @escaping () -> Value) {
    initial = wrappedValue
    current = wrappedValue()
  }

  /// The value, which is reached through the filter only.
  @available(
    *, unavailable,
    message: "@PerMessage is for properties of a class that inherits from Milter or AsyncMilter"
  )
  public var wrappedValue: Value {
    get { fatalError("unavailable") }
    set { fatalError("unavailable") }
  }

  /// The value for the message under way.
  ///
  /// Inlined, so that the compiler makes of the key path what it is: an access to the property.
  @inlinable
  public static subscript<Filter: MilterBase>(
    _enclosingInstance filter: Filter,
    wrapped _: ReferenceWritableKeyPath<Filter, Value>,
    storage storage: ReferenceWritableKeyPath<Filter, Self>
  ) -> Value {
    get { filter[keyPath: storage].value(of: filter, storage) }
    _modify { yield &filter[keyPath: storage][of: filter, storage] }
  }

  /// The value; also what is only read is reset, since an object is changed without being assigned.
  @inlinable mutating func value<Filter: MilterBase>(
    of filter: Filter, _ storage: ReferenceWritableKeyPath<Filter, Self>
  ) -> Value {
    if !isUsed { use(storage, of: filter) }
    return current
  }

  /// The value, to be changed.
  @inlinable subscript<Filter: MilterBase>(
    of filter: Filter, storage: ReferenceWritableKeyPath<Filter, Self>
  ) -> Value {
    get { current }
    _modify {
      if !isUsed { use(storage, of: filter) }
      yield &current
    }
  }

  /// Has the value reset at the end of the message.
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
  /// Puts back every property that the message has used.
  final func resetMessageProperties() {
    guard !messageResets.isEmpty else { return }
    // Taken out first: what a property held may use the filter again when it is released.
    let resets = messageResets
    messageResets = []
    for reset in resets { reset() }
  }
}
