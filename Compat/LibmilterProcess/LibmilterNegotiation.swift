package import MilterCore
package import MilterRuntime

/// The negotiation of a filter with a description as in C.
package struct LibmilterNegotiation {
  /// The four words of `xxfi_negotiate`: actions, steps, and two that have no meaning yet.
  package struct Words {
    package var actions: UInt
    package var steps: UInt
    package var third: UInt = 0
    package var fourth: UInt = 0
  }

  /// The actions in the description.
  private let flags: UInt
  private let callbacks: MilterCallbacks

  package init(flags: UInt, callbacks: MilterCallbacks) {
    self.flags = flags
    self.callbacks = callbacks
  }

  /// Negotiates.
  ///
  /// - Parameters:
  ///   - offered: The MTA's offer.
  ///   - negotiate: Calls `xxfi_negotiate` with the offer and the filter's request, which it may change; used
  ///     only if the filter has the callback.
  /// - Returns: The status, and the filter's request.
  package func answer(
    _ offered: MilterOptions, _ negotiate: (Words, inout Words) -> Int32
  ) -> (status: CallbackStatus, wanted: MilterOptions) {
    let actions = MilterActionFlags(rawValue: UInt32(truncatingIfNeeded: flags))
    var wanted = MilterOptions(actions: actions, steps: callbacks.notWanted)
    guard callbacks.contains(.negotiate) else {
      return (.number(MilterStatus.continue.rawValue), wanted)
    }
    wanted.steps.formUnion(offered.steps.intersection(.skip))
    let offer = Words(
      actions: Self.extended(offered.actions.rawValue),
      steps: Self.extended(offered.steps.rawValue))
    var request = Words(actions: offer.actions, steps: UInt(wanted.steps.rawValue))
    let status = negotiate(offer, &request)
    wanted.actions = MilterActionFlags(rawValue: UInt32(truncatingIfNeeded: request.actions))
    wanted.steps = MilterProtocolFlags(rawValue: UInt32(truncatingIfNeeded: request.steps))
    return (.number(status), wanted)
  }

  /// In the original, the numbers are signed up to the call.
  private static func extended(_ bits: UInt32) -> UInt {
    UInt(bitPattern: Int(Int32(bitPattern: bits)))
  }
}
