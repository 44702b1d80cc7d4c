/// Finds out whether a filter class overrides ``MilterBase/prepareAsRoot()``, as ``CallbackProbe`` does for
/// callbacks.
enum PrivilegeProbe {
  private static let base = MethodTable(of: MilterBase.self, as: MilterBase.self)

  /// The place of the method in the method table; `nil` if it is not found.
  private static let place: Int? = {
    let control = MethodTable(of: Control.self, as: MilterBase.self)
    let probe = MethodTable(of: Probe.self, as: MilterBase.self)
    let place = base.place(differingIn: probe, from: control)
    assert(place != nil, "no place found for prepareAsRoot")
    return place
  }()

  /// Whether a class has another method than the class from which it inherits.
  ///
  /// - Returns: `true` also if this cannot be determined.
  static func overrides(_ type: MilterBase.Type, beyond ancestor: MilterBase.Type) -> Bool {
    guard let place else { return true }
    return MethodTable(of: type, indices: base.indices)[place]
      != MethodTable(of: ancestor, indices: base.indices)[place]
  }
}

private final class Control: Milter {}
private final class Probe: Milter {
  // The body differs from that of the base class. Otherwise the compiler could merge the methods.
  override class func prepareAsRoot() throws { throw MilterUsageError("a probe") }
}
