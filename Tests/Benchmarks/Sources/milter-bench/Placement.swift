import CHost

/// The processors that the load generator and the targets run on.
///
/// A child process inherits the processors of its parent, so this process moves to the targets'
/// processors while it starts one.
struct Placement {
  private let generator: UInt64
  private let target: UInt64
  private let isActive: Bool

  /// If `pinned`, the generator gets the last processor, and the targets get the others.
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

  /// Moves this process to the targets' processors.
  func takeTarget() { if isActive { _ = host_pin(target) } }

  /// Moves this process to the generator's processor.
  func takeGenerator() { if isActive { _ = host_pin(generator) } }
}
