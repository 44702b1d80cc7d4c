import MilterCore
import MilterRuntime
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
final class CallbackProbe: Sendable {
  private let base: MethodTable
  private let places: [MilterCallback: Int]
  private let known = Mutex<[ObjectIdentifier: MilterCallbacks]>([:])

  /// Finds the callbacks' places in a base class's method table.
  ///
  /// - Parameters:
  ///   - base: the class that declares the callbacks.
  ///   - control: a subclass that overrides nothing.
  ///   - probes: for each callback a subclass that overrides just that one.
  init(
    _ base: MilterBase.Type, control: MilterBase.Type,
    probes: [(MilterCallback, MilterBase.Type)]
  ) {
    let table = MethodTable(of: base, as: base)
    let control = MethodTable(of: control, as: base)
    var places: [MilterCallback: Int] = [:]
    for (callback, type) in probes {
      let probe = MethodTable(of: type, as: base)
      let candidates = table.indices.filter {
        control[$0] == table[$0] && probe[$0] != table[$0] && probe[$0] != 0
      }
      assert(candidates.count == 1, "no place found for \(callback) with \(type)")
      if candidates.count == 1 { places[callback] = candidates[0] }
    }
    self.base = table
    self.places = places
  }

  /// The callbacks that a class or a class between it and the base class overrides.
  func callbacksOverridden(by type: MilterBase.Type) -> MilterCallbacks {
    if let known = known.withLock({ $0[ObjectIdentifier(type)] }) { return known }
    let table = MethodTable(of: type, indices: base.indices)
    var overridden: MilterCallbacks = []
    for callback in MilterCallback.allCases {
      let isOverridden = places[callback].map { table[$0] != base[$0] } ?? true
      if isOverridden { overridden.insert(MilterCallbacks(callback)) }
    }
    known.withLock { $0[ObjectIdentifier(type)] = overridden }
    return overridden
  }
}

/// The words of a class's metadata, as many as the class that declares the callbacks has.
///
/// `@unchecked Sendable`: metadata is never changed once a class can be named.
private struct MethodTable: @unchecked Sendable {
  private let start: UnsafeRawPointer
  let indices: Range<Int>

  init(of type: MilterBase.Type, indices: Range<Int>) {
    start = unsafeBitCast(type, to: UnsafeRawPointer.self)
    self.indices = indices
  }

  init(of type: MilterBase.Type, as baseType: MilterBase.Type) {
    // Swift's ABI document, "Class Metadata": after the two words of every class (and three more
    // with Objective-C) come flags, instance address point, instance size (4 bytes each), alignment
    // and a reserved field (2 each), then class size and class address point (4 each).
    #if canImport(ObjectiveC)
      let sizeField = 5 * MemoryLayout<UInt>.size + 16
    #else
      let sizeField = 2 * MemoryLayout<UInt>.size + 16
    #endif
    let base = unsafeBitCast(baseType, to: UnsafeRawPointer.self)
    let size = Int(base.load(fromByteOffset: sizeField, as: UInt32.self))
    let addressPoint = Int(base.load(fromByteOffset: sizeField + 4, as: UInt32.self))
    // A size that cannot be one leaves no place to be found, and every callback is wanted.
    let isPlausible = addressPoint < size && size < 64 * 1024
    self.init(
      of: type, indices: 0..<(isPlausible ? (size - addressPoint) / MemoryLayout<UInt>.size : 0))
  }

  subscript(index: Int) -> UInt {
    start.load(fromByteOffset: index * MemoryLayout<UInt>.size, as: UInt.self)
  }
}
