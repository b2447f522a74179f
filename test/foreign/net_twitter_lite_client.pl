#!/usr/bin/perl
# Perl's Net::Twitter::Lite, unmodified, signs in at coauth-sandbox in mode x: both its token calls are GET.
#
# usage: net_twitter_lite_client.pl COAUTH_SANDBOX
use strict;
use warnings;

use JSON::PP;
use LWP::UserAgent;
use Net::Twitter::Lite::WithAPIv1_1;

my $program = shift or die "usage: net_twitter_lite_client.pl COAUTH_SANDBOX\n";
my $pid = open(my $sandbox, '-|', $program, '--auto-approve', '--exit-with-parent', '--mode', 'x')
    or die "can't start $program: $!";
my $ready = decode_json(scalar <$sandbox>);
delete @ENV{qw(http_proxy https_proxy HTTP_PROXY HTTPS_PROXY)};

my $url = $ready->{url};
my %agent = (ssl_opts => { SSL_ca_file => $ready->{ca_file}, verify_hostname => 1 });
my $browser = LWP::UserAgent->new(%agent, max_redirect => 0);

sub sign_in {
    my ($callback) = @_;
    my $twitter = Net::Twitter::Lite::WithAPIv1_1->new(
        consumer_key     => $ready->{consumer_key},
        consumer_secret  => $ready->{consumer_secret},
        legacy_lists_api => 0,
        apiurl           => "$url/1.1",
        useragent_args   => {%agent},
        oauth_urls       => {
            request_token_url  => "$url/oauth/request_token",
            authentication_url => "$url/oauth/authenticate",
            authorization_url  => "$url/oauth/authorize",
            access_token_url   => "$url/oauth/access_token",
        });
    my $page = $browser->get($twitter->get_authorization_url($callback ? (callback => $callback) : ()));
    my ($verifier) = $callback ? ($page->header('Location') // '') =~ /oauth_verifier=([^&]+)/
                               : $page->decoded_content =~ m{<code>(\d{7})</code>};
    die 'no verifier in ' . $page->as_string unless $verifier;
    my (undef, undef, $id, $name) = $twitter->request_access_token(verifier => $verifier);
    my $me = $twitter->verify_credentials;
    die "wrong user $name" unless $name eq 'user_1' && $me->{screen_name} eq $name && $me->{id_str} eq $id;
}

eval {
    sign_in('http://127.0.0.1:9/cb');
    sign_in(undef);
    print "Net::Twitter::Lite: three legs with GET, by callback and by PIN, and a profile\n";
    1;
};
my $problem = $@;
kill 'TERM', $pid;
close $sandbox;
die $problem if $problem;
