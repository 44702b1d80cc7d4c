import FuzzInput
@testable import MilterCore
@testable import MilterMTA

/// A filter sends arbitrary replies to an MTA.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
  var input = FuzzInput(data, size)
  let pieces = input.pieces()
  var profile = MTAProfile.all[input.choice(of: MTAProfile.all.count)]
  // Zero leaves the profile unchanged.
  profile.offer.actions.subtract(.init(rawValue: input.number()))
  profile.offer.steps.subtract(.init(rawValue: input.number()))
  let chunkSize = Int(input.byte())
  if chunkSize > 0 { profile.chunkSize = chunkSize }
  var exchange = FuzzedExchange(MTASession(profile), mail: input.choice(of: 3))
  for piece in pieces { exchange.take(piece) }
  exchange.end()
  return 0
}
