import MilterKit
import MilterCore
import MilterMTA
import MilterSystem

/// Connects to a filter and negotiates with it as an MTA would.
struct FilterExamination {
  private(set) var findings: [Finding] = []
  private let limits: MTALimits
  private let failOpen: [FailOpenSetting]

  /// Connects to a filter.
  ///
  /// - Parameters:
  ///   - socket: The filter's socket.
  ///   - limits: The MTA's limits.
  ///   - failOpen: The MTA's settings that accept mail if the filter fails.
  init(_ socket: MTASocket, _ limits: MTALimits, failOpen: [FailOpenSetting] = []) {
    self.limits = limits
    self.failOpen = failOpen
    let spec = SocketSpec(target: socket.target)
    do throws(SocketError) {
      // Both MTAs wait for the answer to their offer as long as for any other reply.
      let link = try PacketLink(
        spec, connectTimeout: limits.connectTimeout, timeout: limits.commandTimeout)
      negotiate(link, spec)
    } catch {
      findings.append(Self.unreachable(spec, error))
    }
  }

  private static func unreachable(_ spec: SocketSpec, _ error: SocketError) -> Finding {
    var why = "\(error)"
    var fix = "start the filter, and have it listen on \(spec)"
    if case .unix(let path) = spec.target {
      switch error.underlying {
      // A file that is not a socket also refuses connections.
      case _ where FileAccess(path).map { $0.kind != .socket } ?? false:
        why = "\(path) is not a socket"
        fix = "have the filter listen somewhere else, or move that away"
      case .connectionRefused:
        return Finding(
          .error, "\(spec) is a stale socket: nobody listens",
          why: "the filter that made it has ended without removing it",
          fix: "start the filter again; if its address is in use, remove \(path) first")
      case .noSuchFileOrDirectory:
        why = "there is no \(FileAccess.firstMissing(path))"
      case .permissionDenied:
        fix = "run milter doctor as root"
      default: break
      }
    } else if error.code == .timedOut {
      fix = "look for a firewall between here and the filter"
    } else if error.code == .lookupFailed {
      fix = "write the host's address instead of its name"
    }
    return Finding(.error, "nobody listens on \(spec)", why: why, fix: fix)
  }

  private mutating func negotiate(_ link: PacketLink, _ spec: SocketSpec) {
    let offer = Self.offer(version: limits.version)
    do {
      let start = ContinuousClock.now
      try link.send(.negotiate(.init(options: offer)))
      guard case .negotiate(let answer)? = try link.receive() else {
        if let stranger = WrongService(link.opening) {
          findings.append(stranger.finding(spec))
          return
        }
        findings.append(
          Finding(
            .error, "what listens on \(spec) closes the connection instead of negotiating",
            why: "it is not a filter, or it refuses protocol version \(offer.version)",
            fix: limits.version < 6
              ? "raise milter_protocol to 6" : "look into the filter's log; is it the right port?")
        )
        return
      }
      let seconds = (.now - start) / .seconds(1)
      if seconds > Double(limits.commandTimeout) / 2 {
        findings.append(
          Finding(
            .warning, "the filter took \(Int(seconds)) s to answer the MTA's offer",
            why: "the MTA waits \(limits.commandTimeout) s for it",
            fix: "find out what the filter does first, or raise the MTA's timeout for replies"))
      }
      try link.send(.quit)
      compare(answer.options, offer)
      if answer.options.actions.contains(.chgbody) {
        findings += failOpen.map(\.findingAboutBodies)
      }
    } catch let error as SocketError where error.code == .timedOut && link.opening.isEmpty {
      findings.append(
        Finding(
          .error, "what listens on \(spec) says nothing", why: "\(error)",
          fix: "is it the right port? if it is, the filter hangs: restart it"))
    } catch {
      if let stranger = WrongService(link.opening) {
        findings.append(stranger.finding(spec))
        return
      }
      findings.append(
        Finding(
          .error, "what listens on \(spec) does not speak the milter protocol", why: "\(error)",
          fix: "is it the right port?"))
    }
  }

  private mutating func compare(_ answer: MilterOptions, _ offer: MilterOptions) {
    if answer.version > offer.version {
      let isRefused = limits.refusesLaterVersions
      findings.append(
        Finding(
          isRefused ? .error : .note,
          "the filter wants protocol version \(answer.version), the MTA offers \(offer.version)",
          why: isRefused
            ? "the MTA gives up on the filter" : "Sendmail does not look at the filter's version",
          fix: limits.version < 6
            ? "raise milter_protocol to 6" : "a filter that takes version 6, the latest there is"))
    } else if answer.version < offer.version {
      findings.append(
        Finding(
          .note, "the filter speaks protocol version \(answer.version) only",
          why: "the MTA offers version \(offer.version); what came later is not used",
          fix: "nothing, if the filter does what it should"))
    }
    let actions = answer.actions.subtracting(offer.actions)
    if !actions.isEmpty {
      findings.append(
        Finding(
          .error, "the filter wants actions that the MTA does not offer: \(actions)",
          why: "the MTA gives up on the filter",
          fix: limits.version < 6
            ? "raise milter_protocol to 6" : "a newer MTA, or a filter that asks for less"))
    }
    let steps = answer.steps.subtracting(offer.steps)
    if !steps.isEmpty {
      findings.append(
        Finding(
          limits.refusesUnknownSteps ? .warning : .note,
          "the filter wants steps that the MTA does not offer: \(steps)",
          why: "Sendmail gives up on the filter, Postfix only logs it",
          fix: limits.version < 6
            ? "raise milter_protocol to 6" : "a newer MTA, or a filter that asks for less"))
    }
  }

  /// Returns the offer of an MTA that is configured for a protocol version.
  private static func offer(version: UInt32) -> MilterOptions {
    if version >= 6 { return MTAProfile.everything }
    var offer = MTAProfile.postfix2_4.offer
    offer.version = version
    if version >= 3 { offer.steps.insert(.nounknown) }
    if version >= 4 { offer.steps.insert(.nodata) }
    return offer
  }
}
