# A DNS server that answers every query with the address 127.0.0.2. Prints its port.
use strict;
use warnings;
use IO::Socket::INET;

my $socket = IO::Socket::INET->new(LocalAddr => '127.0.0.1', Proto => 'udp') or die "$!\n";
$| = 1;
print $socket->sockport, "\n";
while ($socket->recv(my $query, 512)) {
  my ($id, $name) = $query =~ /^(..).{10}([^\0]*\0....)/s or next;
  my $head = pack 'n5', 0x8180, 1, 1, 0, 0;
  $socket->send($id . $head . $name . pack 'n3NnC4', 0xC00C, 1, 1, 60, 4, 127, 0, 0, 2);
}
