extension MilterProtocolFlags {
  /// Whether the MTA does not send the step of a callback.
  package func leavesOut(_ callback: MilterCallback) -> Bool {
    !callback.noFlag.isEmpty && contains(callback.noFlag)
  }

  /// Whether the MTA does not wait for a reply to the step of a callback.
  package func hasNoReply(_ callback: MilterCallback) -> Bool {
    !callback.nrFlag.isEmpty && contains(callback.nrFlag)
  }
}
