-- Sends a message to a signing OpenDKIM, and the signed message to a verifying OpenDKIM.
-- The options -D signer=SOCKET and -D verifier=SOCKET name their sockets.

-- The default of ten seconds is too short for a busy machine.
mt.set_timeout(120)

local headers = {
  { "From", "Alice <alice@example.org>" },
  { "Date", "Sat, 21 Nov 2026 14:00:00 +0000" },
  { "Subject", "played by miltertest" },
}
local body = "The first line\r\nthe second one\r\n"

-- miltertest does not print errors, so this function prints the text.
local function fail(text)
  mt.echo(text)
  error(text)
end

local function check(failure, what)
  if failure ~= nil then fail(what .. ": " .. failure) end
end

local function continues(connection, what)
  if mt.getreply(connection) ~= SMFIR_CONTINUE then fail(what .. ": not continue") end
end

-- Sends the message, with an optional DKIM-Signature field at the top. The caller reads the replies to
-- the end of the message.
local function send(socket, client, signature)
  local connection = mt.connect(socket)
  if connection == nil then fail("cannot connect to " .. socket) end
  check(mt.conninfo(connection, "client.example.org", client), "conninfo")
  continues(connection, "conninfo")
  mt.macro(connection, SMFIC_MAIL, "i", "MILTERTEST")
  check(mt.mailfrom(connection, "<alice@example.org>"), "mailfrom")
  continues(connection, "mailfrom")
  check(mt.rcptto(connection, "<bob@example.net>"), "rcptto")
  continues(connection, "rcptto")
  if signature ~= nil then
    check(mt.header(connection, "DKIM-Signature", signature), "signature")
    continues(connection, "signature")
  end
  for _, header in ipairs(headers) do
    check(mt.header(connection, header[1], header[2]), header[1])
    continues(connection, header[1])
  end
  check(mt.eoh(connection), "eoh")
  continues(connection, "eoh")
  check(mt.bodystring(connection, body), "body")
  continues(connection, "body")
  check(mt.eom(connection), "eom")
  return connection
end

local connection = send(signer, "127.0.0.1")
if mt.getreply(connection) ~= SMFIR_ACCEPT then fail("the signer did not accept") end
if not mt.eom_check(connection, MT_HDRINSERT, "DKIM-Signature") then fail("no signature") end
local signature = mt.getheader(connection, "DKIM-Signature", 0)
mt.disconnect(connection)

connection = send(verifier, "192.0.2.25", signature)
if mt.getreply(connection) ~= SMFIR_ACCEPT then fail("the verifier did not accept") end
local results = mt.getheader(connection, "Authentication-Results", 0)
if not string.find(results, "dkim=pass", 1, true) then fail(results) end
mt.disconnect(connection)
mt.echo("verified")
