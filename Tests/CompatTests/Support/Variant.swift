import MilterRandomFixtures

/// The settings of a filter process: what the C program writes into its smfiDesc.
struct Variant: Hashable {
  var flags: UInt64 = 0x1ff
  /// The registered callbacks, as bits in the order of ``Callback``.
  var callbacks: UInt32 = Callback.all
  var version: Int64 = 0x0100_0001
  /// The NO* bits that every negotiation adds.
  var noBits: UInt32 = 0
  /// The argument of `smfi_setmaxdatasize`; 0 leaves the limit unchanged.
  var limit = 0
  var usesTCP = false

  /// A callback of the C interface; the order is that of the filter's argument.
  enum Callback: UInt32, CaseIterable {
    case connect, helo, envfrom, envrcpt, header, eoh, body, eom, abort, close, unknown, data
    case negotiate

    static let all: UInt32 = (1 << UInt32(allCases.count)) - 1
    var bit: UInt32 { 1 << rawValue }
  }

  func has(_ callback: Callback) -> Bool {
    guard callbacks & callback.bit != 0 else { return false }
    switch callback {
    case .negotiate: return version > 4
    case .data: return version > 3
    case .unknown: return version > 2
    default: return true
    }
  }

  /// The filter's command line after the paths.
  var arguments: [String] {
    ["0x\(String(flags, radix: 16))", "\(callbacks)", "\(version)", "\(noBits)", "\(limit)"]
  }
}

extension Variant {
  /// The variants sessions are played with, always the same; a session's seed names one of them.
  static let count = 96

  init(number: Int) {
    self.init()
    var random = SplitMix64(seed: UInt64(number) &+ 0x5eed)
    usesTCP = number % 8 == 5
    let plain = Callback.negotiate.bit
    switch number % 8 {
    case 0, 5: callbacks = Callback.all & ~plain
    case 1: break
    case 2: callbacks = UInt32(truncatingIfNeeded: random.next()) & Callback.all
    case 3: callbacks = (UInt32(truncatingIfNeeded: random.next()) | plain) & Callback.all
    case 4: callbacks = UInt32(truncatingIfNeeded: random.next() | random.next()) & Callback.all
    case 6:
      noBits = UInt32(truncatingIfNeeded: random.next() & random.next()) & 0x37f
    default:
      callbacks = UInt32(truncatingIfNeeded: random.next() | random.next()) & Callback.all
      version = random.pick([2, 3, 4, 0x0100_007f])
      limit = random.pick([0, 0, 20, 300, 65536, 1_000_000])
    }
    // A negotiate callback may agree on steps without replies. The helo callback then answers the
    // probe.
    if callbacks & plain != 0 { callbacks |= Callback.helo.bit }
    flags = random.pick([0x1ff, 0x1ff, 0x3f, 0x1, 0, 0x1_0000_01ff, 0xff])
  }
}
