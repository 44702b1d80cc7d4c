import Synchronization

/// Finds out which callbacks a filter class overrides, so that nobody has to declare it.
///
/// Swift has no reflection for methods, but a class's method table lies in its metadata, one word a
/// method, at the same place in every subclass. For each callback there is a private subclass that
/// overrides just that one: the word in which it, and not a subclass that overrides nothing,
/// differs from the base class is the callback's place. A filter class that has another word there
/// than the base class overrides the callback.
///
/// Nothing is taken on trust. If a place is not found, or is found twice, the callback counts as
/// overridden: the MTA then sends a step that nobody needed, and no filter misses one.
enum CallbackProbe {
  /// The callbacks that a class or a class between it and `Milter` overrides.
  static func callbacksOverridden(by type: Milter.Type) -> MilterCallbacks {
    if let known = cache.withLock({ $0[ObjectIdentifier(type)] }) { return known }
    let table = MethodTable(of: type)
    var overridden: MilterCallbacks = []
    for (callback, probe) in probes {
      let place = places[callback] ?? nil
      let isOverridden = place.map { table[$0] != base[$0] } ?? true
      if isOverridden { overridden.insert(MilterCallbacks(callback)) }
      assert(place != nil, "no place found for \(callback) with \(probe)")
    }
    cache.withLock { $0[ObjectIdentifier(type)] = overridden }
    return overridden
  }

  private static let cache = Mutex<[ObjectIdentifier: MilterCallbacks]>([:])
  private static let base = MethodTable(of: Milter.self)

  /// Each callback's place in the method table; nil where it could not be told for sure.
  private static let places: [MilterCallback: Int?] = {
    let control = MethodTable(of: Control.self)
    var places: [MilterCallback: Int?] = [:]
    for (callback, type) in probes {
      let probe = MethodTable(of: type)
      let candidates = base.indices.filter {
        control[$0] == base[$0] && probe[$0] != base[$0] && probe[$0] != 0
      }
      places[callback] = candidates.count == 1 ? candidates[0] : nil
    }
    return places
  }()

  private static let probes: [(MilterCallback, Milter.Type)] = [
    (.negotiate, Negotiate.self), (.connect, Connect.self), (.helo, Helo.self),
    (.envfrom, Envfrom.self), (.envrcpt, Envrcpt.self), (.data, Data.self),
    (.unknown, Unknown.self), (.header, Header.self), (.eoh, Eoh.self), (.body, Body.self),
    (.eom, Eom.self), (.abort, Abort.self), (.close, Close.self),
  ]
}

/// The words of a class's metadata, as many as the class `Milter` has.
///
/// `@unchecked Sendable`: metadata is never changed once a class can be named.
private struct MethodTable: @unchecked Sendable {
  private let start: UnsafeRawPointer
  let indices: Range<Int>

  init(of type: Milter.Type) {
    start = unsafeBitCast(type, to: UnsafeRawPointer.self)
    // Swift's ABI document, "Class Metadata": behind the two words of every class (and three more
    // with Objective-C) come flags, instance address point, instance size (4 bytes each), alignment
    // and a reserved field (2 each), then class size and class address point (4 each).
    #if canImport(ObjectiveC)
      let sizeField = 5 * MemoryLayout<UInt>.size + 16
    #else
      let sizeField = 2 * MemoryLayout<UInt>.size + 16
    #endif
    let base = unsafeBitCast(Milter.self as Milter.Type, to: UnsafeRawPointer.self)
    let size = Int(base.load(fromByteOffset: sizeField, as: UInt32.self))
    let addressPoint = Int(base.load(fromByteOffset: sizeField + 4, as: UInt32.self))
    // A size that cannot be one leaves no place to be found, and every callback is wanted.
    let isPlausible = addressPoint < size && size < 64 * 1024
    indices = 0..<(isPlausible ? (size - addressPoint) / MemoryLayout<UInt>.size : 0)
  }

  subscript(index: Int) -> UInt {
    start.load(fromByteOffset: index * MemoryLayout<UInt>.size, as: UInt.self)
  }
}

// Their bodies differ from the base class's, or the compiler could make one of both.
private final class Control: Milter {}
private final class Negotiate: Milter {
  override func negotiate(_ offered: MilterOptions, _ options: inout MilterOptions) -> Status {
    .reject
  }
}
private final class Connect: Milter {
  override func connect(_ host: String, _ address: MilterAddress?) -> Status { .reject }
}
private final class Helo: Milter {
  override func helo(_ host: String) -> Status { .reject }
}
private final class Envfrom: Milter {
  override func envfrom(_ sender: String, _ args: [String]) -> Status { .reject }
}
private final class Envrcpt: Milter {
  override func envrcpt(_ recipient: String, _ args: [String]) -> Status { .reject }
}
private final class Data: Milter {
  override func data() -> Status { .reject }
}
private final class Unknown: Milter {
  override func unknown(_ command: String) -> Status { .reject }
}
private final class Header: Milter {
  override func header(_ name: String, _ value: String) -> Status { .reject }
}
private final class Eoh: Milter {
  override func eoh() -> Status { .reject }
}
private final class Body: Milter {
  override func body(_ chunk: RawSpan) -> Status { .reject }
}
private final class Eom: Milter {
  override func eom() -> Status { .reject }
}
private final class Abort: Milter {
  override func abort() { context = nil }
}
private final class Close: Milter {
  override func close() { context = nil }
}
