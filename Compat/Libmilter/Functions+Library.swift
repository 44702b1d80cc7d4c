// swift-format-ignore-file: AlwaysUseLowerCamelCase

import LibmilterProcess
import MilterCore

// The functions of the whole library. They return MI_SUCCESS or MI_FAILURE, and log the reason at debug level 1
// and above.

/// Registers the filter of this process.
@discardableResult
public func smfi_register(_ descr: smfiDesc) -> Int32 {
  guard let missing = LibmilterProcess.callbacksMissing(in: descr.xxfi_version) else {
    DebugLog.failure(
      "smfi_register", Refusal("version \(descr.xxfi_version) of the interface is not known"))
    return MI_FAILURE
  }
  LibmilterProcess.shared.register { DescriptionHandler(descr, missing: missing) }
  return MI_SUCCESS
}

/// Sets the socket to listen on, such as `inet:8891@127.0.0.1`; a mistake in it is reported when the socket is
/// opened.
@discardableResult
public func smfi_setconn(_ oconn: String?) -> Int32 {
  let isTaken = DebugLog.succeeds("smfi_setconn") { try LibmilterProcess.shared.set(socket: oconn) }
  return isTaken ? MI_SUCCESS : MI_FAILURE
}

/// Opens the socket, so that the process can give up privileges before it serves.
@discardableResult
public func smfi_opensocket(_ rmsocket: Bool) -> Int32 {
  do {
    try LibmilterProcess.shared.open(replacing: rmsocket)
    return MI_SUCCESS
  } catch {
    DebugLog.failure("smfi_opensocket", error)
    return MI_FAILURE
  }
}

/// Sets the maximum number of connections that wait to be accepted.
@discardableResult
public func smfi_setbacklog(_ obacklog: Int32) -> Int32 {
  let isTaken = DebugLog.succeeds("smfi_setbacklog") {
    try LibmilterProcess.shared.set(backlog: obacklog)
  }
  return isTaken ? MI_SUCCESS : MI_FAILURE
}

/// Sets the maximum silence of an MTA, in seconds.
@discardableResult
public func smfi_settimeout(_ otimeout: Int32) -> Int32 {
  LibmilterProcess.shared.set(timeout: .seconds(max(1, Int(otimeout))))
  return MI_SUCCESS
}

/// Sets the amount of diagnostics on standard output and in syslog; 0 reports only failures.
@discardableResult
public func smfi_setdbg(_ level: Int32) -> Int32 {
  LibmilterProcess.shared.set(debugLevel: level)
  return MI_SUCCESS
}

/// Sets the maximum payload of a packet in bytes, and returns the previous limit.
@discardableResult
public func smfi_setmaxdatasize(_ size: Int) -> Int {
  LibmilterProcess.shared.exchange(maximumPayload: size)
}

/// Serves until a signal or ``smfi_stop()`` ends it.
@discardableResult
public func smfi_main() -> Int32 {
  do {
    try LibmilterProcess.shared.main()
    return MI_SUCCESS
  } catch {
    DebugLog.failure("smfi_main", error)
    return MI_FAILURE
  }
}

/// Ends ``smfi_main()``; may be called from any thread.
@discardableResult
public func smfi_stop() -> Int32 {
  LibmilterProcess.shared.stop()
  return MI_SUCCESS
}

/// Returns the interface's version: 1.0.1.
@discardableResult
public func smfi_version(
  _ major: inout UInt32, _ minor: inout UInt32, _ patchlevel: inout UInt32
) -> Int32 {
  (major, minor, patchlevel) = (1, 0, 1)
  return MI_SUCCESS
}
