/// The part of a session that must be the same for a real and a simulated MTA.
struct SessionRecord {
  /// The refusals, each with the number of accepted commands before it.
  var replies: [String] = []
  /// The arguments and macros of the filter's callbacks.
  var callbacks: [String] = []
  /// The packets the filter got, by name, macros included.
  var packets: [String] = []
  /// The messages in the queue.
  var queue: [String] = []

  /// Returns the differences for the message of a failed test; empty if there are none.
  func differences(from real: Self) -> [String] {
    [
      ("replies", real.replies, replies), ("callbacks", real.callbacks, callbacks),
      ("packets", real.packets, packets), ("queue", real.queue, queue),
    ].compactMap { what, real, simulated in
      guard real != simulated else { return nil }
      let first = zip(real, simulated).enumerated().first { $1.0 != $1.1 }?.offset
      let index = first ?? min(real.count, simulated.count)
      let expected = real.indices.contains(index) ? real[index] : "nothing more"
      let got = simulated.indices.contains(index) ? simulated[index] : "nothing more"
      let after = real[..<min(index, real.count)].suffix(2)
      return "\(what) \(index), after \(after): \(expected) is real, \(got) simulated"
    }
  }
}
