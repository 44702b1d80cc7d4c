import MilterCore
import MilterRuntime
import MilterSystem

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
  private let known = SystemMutex<[ObjectIdentifier: MilterCallbacks]>([:])

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
