import CHost

/// Which processors the load generator and the targets run on.
///
/// A child process inherits the processors of the one that starts it, so this process moves over
/// to the target's just for the start.
struct Placement {
  private let generator: UInt64
  private let target: UInt64
  private let isActive: Bool

  /// The last processor for the generator and the others for the targets, if so asked.
  init(pinned: Bool) throws {
    let all = host_processors()
    guard pinned else {
      (generator, target, isActive) = (all, all, false)
      return
    }
    guard all.nonzeroBitCount > 1 else {
      throw BenchError("--pin needs two processors; this process may use \(all.nonzeroBitCount)")
    }
    generator = 1 << UInt64(63 - all.leadingZeroBitCount)
    target = all & ~generator
    isActive = true
    takeGenerator()
  }

  /// Moves this process to where targets run.
  func takeTarget() { if isActive { _ = host_pin(target) } }

  /// Moves this process to where the generator runs.
  func takeGenerator() { if isActive { _ = host_pin(generator) } }
}
