// swift-format-ignore-file: AlwaysUseLowerCamelCase

import LibmilterProcess
import MilterCore

// The functions of the whole library. They return MI_SUCCESS or MI_FAILURE, and log the reason at debug level 1
// and above.

/// Registers the filter of this process.
@discardableResult
public func smfi_register(_ descr: smfiDesc) -> Int32 {
  DebugLog.result(of: "smfi_register") {
    let missing = try LibmilterProcess.callbacksMissing(in: descr.xxfi_version)
    LibmilterProcess.shared.register { DescriptionHandler(descr, missing: missing) }
  }
}

/// Sets the socket to listen on, such as `inet:8891@127.0.0.1`; a mistake in it is reported when the socket is
/// opened.
@discardableResult
public func smfi_setconn(_ oconn: String?) -> Int32 {
  DebugLog.result(of: "smfi_setconn") { try LibmilterProcess.shared.set(socket: oconn) }
}

/// Opens the socket, so that the process can give up privileges before it serves.
@discardableResult
public func smfi_opensocket(_ rmsocket: Bool) -> Int32 {
  DebugLog.result(of: "smfi_opensocket") {
    try LibmilterProcess.shared.open(replacing: rmsocket)
  }
}

/// Sets the maximum number of connections that wait to be accepted.
@discardableResult
public func smfi_setbacklog(_ obacklog: Int32) -> Int32 {
  DebugLog.result(of: "smfi_setbacklog") { try LibmilterProcess.shared.set(backlog: obacklog) }
}

/// Sets the maximum silence of an MTA, in seconds.
@discardableResult
public func smfi_settimeout(_ otimeout: Int32) -> Int32 {
  LibmilterProcess.shared.set(timeout: otimeout)
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
  DebugLog.result(of: "smfi_main") { try LibmilterProcess.shared.main() }
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
  (major, minor, patchlevel) = LibmilterProcess.version
  return MI_SUCCESS
}
