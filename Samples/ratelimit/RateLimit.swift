// Limits how much mail a user who has logged in may send; see README.md.

import MilterKit
import MilterRateLimit

@main
final class RateLimit: RateLimitFilter<RateTable> {
  override class var name: String { "ratelimit" }
  /// The counts are in memory, so that one process must serve.
  override class var maxWorkers: Int? { 1 }
}
