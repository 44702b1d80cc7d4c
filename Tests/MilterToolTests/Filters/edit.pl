# A filter on Sendmail::PMilter that changes everything in a message, and refuses some messages.
use strict;
use warnings;
use Sendmail::PMilter qw(:all);

sub envfrom {
  my ($context, $sender) = @_;
  return SMFIS_REJECT if $sender eq '<reject@example.org>';
  $context->setpriv({ headers => 0, bytes => 0, subject => '' });
  return SMFIS_CONTINUE;
}

sub envrcpt {
  my ($context, $recipient) = @_;
  return $recipient eq '<later@example.org>' ? SMFIS_TEMPFAIL : SMFIS_CONTINUE;
}

sub header {
  my ($context, $name, $value) = @_;
  my $message = $context->getpriv;
  $message->{headers}++;
  $message->{subject} = $value if $name eq 'Subject';
  return SMFIS_CONTINUE;
}

sub body {
  my ($context, $chunk, $size) = @_;
  $context->getpriv->{bytes} += $size;
  return SMFIS_CONTINUE;
}

sub eom {
  my ($context) = @_;
  my $message = $context->getpriv;
  if ($message->{subject} eq 'refuse') {
    $context->setreply('554', '5.7.9', 'not wanted');
    return SMFIS_REJECT;
  }
  $context->quarantine('held') if $message->{subject} eq 'hold';
  $context->addheader('X-Seen', "$message->{headers} headers, $message->{bytes} bytes");
  $context->chgheader('Subject', 1, 'changed');
  $context->delrcpt('<gone@example.org>');
  $context->addrcpt('<new@example.org>');
  $context->replacebody("new body\r\n");
  return SMFIS_CONTINUE;
}

my $milter = Sendmail::PMilter->new;
$milter->setconn($ARGV[0]) or die "$ARGV[0]: $!";
$milter->register(
  'edit',
  {
    envfrom => \&envfrom, envrcpt => \&envrcpt, header => \&header, body => \&body, eom => \&eom,
  },
  SMFI_CURR_ACTS | SMFIF_QUARANTINE
);
$milter->main();
