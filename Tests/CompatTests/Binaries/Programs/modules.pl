# A filter that consists of Mail::Milter modules, which chain callbacks of Sendmail::Milter.
#
# Usage: modules.pl SOCKET

use strict;
use warnings;
use Sendmail::Milter;
use Mail::Milter::Chain;
use Mail::Milter::Module::HeaderRegex;
use Mail::Milter::Module::HeloUnqualified;

my $change = {
  eom => sub {
    my ($ctx) = @_;
    $ctx->addheader('X-Modules', $ctx->getsymval('i') // 'no id');
    return SMFIS_CONTINUE;
  },
};
my $chain = Mail::Milter::Chain->new(
  Mail::Milter::Module::HeloUnqualified->new,
  Mail::Milter::Module::HeaderRegex->new('^X-Spam-Status: forged')->set_message('Forged: %H%'),
  $change);
Sendmail::Milter::setconn("unix:$ARGV[0]") or die 'setconn';
Sendmail::Milter::register('modules', $chain, SMFI_CURR_ACTS) or die 'register';
Sendmail::Milter::main() or die 'main';
