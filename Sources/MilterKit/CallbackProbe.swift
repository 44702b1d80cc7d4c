import MilterCore
import MilterRuntime
import MilterSystem

/// Finds out which callbacks a filter class overrides, so that the class need not declare them.
///
/// Swift has no reflection for methods. But the metadata of a class contains its method table, with one word
/// for each method, at the same place in every subclass. For each callback, a private subclass overrides only
/// that callback. The table of this subclass differs from the table of the base class in one word, and that is
/// the place of the callback. A filter class overrides the callback if its table has another word in that place
/// than the base class. A control subclass that overrides nothing shows which other words differ in any
/// subclass.
///
/// If a place is not found, or several are found, the callback counts as overridden. The MTA then sends a step
/// that the filter does not need, but no filter misses a step.
final class CallbackProbe: Sendable {
  private let base: MethodTable
  private let places: [MilterCallback: Int]
  /// The places of the overloads that get bytes.
  private let rawPlaces: [MilterCallback: Int]
  private let known = SystemMutex(Known())

  /// The classes that were looked up.
  private struct Known {
    private var all: [ObjectIdentifier: Overrides] = [:]
    /// The class that was found last, which is the only one in most servers.
    private var last: (type: ObjectIdentifier, overrides: Overrides)?

    mutating func find(_ type: ObjectIdentifier) -> Overrides? {
      if let last, last.type == type { return last.overrides }
      guard let overrides = all[type] else { return nil }
      last = (type, overrides)
      return overrides
    }

    mutating func add(_ type: ObjectIdentifier, _ overrides: Overrides) { all[type] = overrides }
  }

  /// The callbacks that a class overrides.
  struct Overrides {
    /// All of them.
    var callbacks: MilterCallbacks = []
    /// The callbacks whose overload that gets bytes is overridden.
    var raw: MilterCallbacks = []
  }

  /// Finds the places of the callbacks in the method table of a base class.
  ///
  /// - Parameters:
  ///   - base: The class that declares the callbacks.
  ///   - control: A subclass that overrides nothing.
  ///   - probes: For each callback, a subclass that overrides only that callback.
  ///   - rawProbes: The same for the overloads that get bytes.
  init(
    _ base: MilterBase.Type, control: MilterBase.Type,
    probes: [(MilterCallback, MilterBase.Type)],
    rawProbes: [(MilterCallback, MilterBase.Type)] = []
  ) {
    let table = MethodTable(of: base, as: base)
    let control = MethodTable(of: control, as: base)
    self.base = table
    places = Self.places(of: probes, table, control, base)
    rawPlaces = Self.places(of: rawProbes, table, control, base)
  }

  private static func places(
    of probes: [(MilterCallback, MilterBase.Type)], _ table: MethodTable, _ control: MethodTable,
    _ base: MilterBase.Type
  ) -> [MilterCallback: Int] {
    var places: [MilterCallback: Int] = [:]
    for (callback, type) in probes {
      let probe = MethodTable(of: type, as: base)
      let place = table.place(differingIn: probe, from: control)
      assert(place != nil, "no place found for \(callback) with \(type)")
      places[callback] = place
    }
    return places
  }

  /// The callbacks that a class or one of its superclasses below the base class overrides, with either overload.
  func callbacksOverridden(by type: MilterBase.Type) -> MilterCallbacks {
    overrides(of: type).callbacks
  }

  /// The callbacks that a class or one of its superclasses below the base class overrides.
  func overrides(of type: MilterBase.Type) -> Overrides {
    if let known = known.withLock({ $0.find(ObjectIdentifier(type)) }) { return known }
    let table = MethodTable(of: type, indices: base.indices)
    var overrides = Overrides()
    for callback in MilterCallback.allCases {
      let one = MilterCallbacks(callback)
      if places[callback].map({ table[$0] != base[$0] }) ?? true {
        overrides.callbacks.insert(one)
      }
      if let place = rawPlaces[callback], table[place] != base[place] {
        overrides.callbacks.insert(one)
        overrides.raw.insert(one)
      }
    }
    known.withLock { $0.add(ObjectIdentifier(type), overrides) }
    return overrides
  }
}
