import MilterGreylist
import MilterKit
import RedisStore

/// The program `greylist-redis`: `greylist` with its triplets in Redis, for any number of processes and
/// machines.
///
///     swift run greylist-redis --try ../messages/hello.eml --redis 127.0.0.1:6379
///
/// README.md has the options.
@main
final class GreylistRedis: GreylistFilter<RedisTriplets> {
  override class var name: String { "greylist-redis" }
  override class var answerTime: Int? { RedisSettings.answerTime }

  override class func checkSettings() throws {
    try super.checkSettings()
    try RedisSettings.check()
  }

  override class func prepare() throws {
    try RedisSettings.takePassword()
    try super.prepare()
    try RedisTriplets.shared.get().connect()
  }
}
