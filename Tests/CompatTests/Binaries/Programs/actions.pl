# A filter on Sendmail::Milter. The Subject of a message selects the actions. Usage: actions.pl SOCKET JOURNAL

use strict;
use warnings;
use Sendmail::Milter;

our $journal;

sub note {
  open(my $file, '>>', $journal) or die $!;
  print $file join(' ', @_), "\n";
  close $file;
}

# Keeps state in the private data of the connection: each callback may run in another interpreter.
sub remember {
  my ($ctx, $key, $value) = @_;
  my $own = $ctx->getpriv() // {};
  $own->{$key} = $value if defined $value;
  $ctx->setpriv($own);
  return $own->{$key};
}

sub connected {
  my ($ctx, $host, $address) = @_;
  note('connect', $host, $ctx->getsymval('j'));
  remember($ctx, 'host', $host);
  return SMFIS_CONTINUE;
}

sub helo {
  my ($ctx, $name) = @_;
  note('helo', $name);
  return SMFIS_CONTINUE;
}

sub envfrom {
  my ($ctx, @arguments) = @_;
  note('envfrom', @arguments);
  return SMFIS_CONTINUE;
}

sub envrcpt {
  my ($ctx, @arguments) = @_;
  note('envrcpt', @arguments);
  if ($arguments[0] =~ /refused/) {
    $ctx->setreply('550', '5.1.1', 'nobody of that name');
    return SMFIS_REJECT;
  }
  return SMFIS_CONTINUE;
}

sub header {
  my ($ctx, $name, $value) = @_;
  remember($ctx, 'subject', $value) if $name eq 'Subject';
  return SMFIS_CONTINUE;
}

sub body {
  my ($ctx, $chunk, $length) = @_;
  note('body', $length);
  return SMFIS_CONTINUE;
}

sub eom {
  my ($ctx) = @_;
  my $subject = remember($ctx, 'subject');
  note('eom', remember($ctx, 'host'), $subject);
  return SMFIS_DISCARD if $subject eq 'discard';
  $ctx->addheader('X-Added', 'by Perl');
  $ctx->chgheader('Subject', 1, 'changed');
  $ctx->addrcpt('<added@example.net>');
  $ctx->delrcpt('<bob@example.net>');
  $ctx->replacebody("new body\r\n");
  return SMFIS_ACCEPT;
}

sub closed {
  my ($ctx) = @_;
  $ctx->setpriv(undef);
  note('close');
  return SMFIS_CONTINUE;
}

my $socket;
($socket, $journal) = @ARGV;
Sendmail::Milter::setconn($socket) or die 'setconn';
Sendmail::Milter::register('actions', {
  connect => \&connected, helo => \&helo, envfrom => \&envfrom, envrcpt => \&envrcpt,
  header => \&header, body => \&body, eom => \&eom, close => \&closed,
}, SMFI_CURR_ACTS) or die 'register';
Sendmail::Milter::main() or die 'main';
note('ended');
