using ReAim.Gateway.Tests.World;

namespace ReAim.Gateway.Tests.Programs;

/// <summary>irssi on a terminal of its own; a Perl script reads commands from a pipe and writes down what is shown.</summary>
internal sealed class Irssi(NetNamespace place, string nick) : IrcClient(place, nick)
{
    private const string Script = """
        use strict; use Irssi;
        our %IRSSI = (name => 'orders');
        my $home = Irssi::get_irssi_dir();
        open(my $shown, '>>', "$home/shown"); $shown->autoflush(1);
        open(my $orders, '+<', "$home/orders");
        my $rest = '';
        Irssi::signal_add('print text', sub { print $shown "$_[2]\n" });
        Irssi::input_add(fileno($orders), INPUT_READ, sub {
          sysread($orders, my $bytes, 65536) or return;
          $rest .= $bytes;
          while ($rest =~ s/^([^\n]*)\n//) {
            my $order = $1;
            my ($server) = Irssi::servers();
            $server ? $server->command($order) : Irssi::command($order);
          }
        }, undef);
        """;

    private string Shown => Folder["shown"];

    private string Orders => Folder["orders"];

    public override IReadOnlyList<string> Lines => ReadLines(Shown);

    public override void Order(string command) => WriteToPipe(Orders, command);

    public override void UsePort(int port) => Order($"/set dcc_port {port}");

    public override void OfferPassive(string to, string path) => Order($"/dcc send -passive {to} {Quote(path)}");

    public override void TakeFile(string from) => Order($"/dcc get {from}");

    public override bool IsChatting(string with) => HasShown($"DCC CHAT connection with {with} ");

    public override bool HasHeardInChat(string from, string text) => HasShown($"<{from}> {text}");

    /// <summary>Whether it takes files by itself; it does unless told.</summary>
    public void TakeFilesAtOnce(bool isWanted) => Order($"/set dcc_autoget {(isWanted ? "ON" : "OFF")}");

    protected override LiveProgram Launch(IrcAccess access)
    {
        MakePipe("orders");
        Folder.Write("scripts/autorun/orders.pl", Script);
        Folder.Write("config", $$"""
            servers = ( { address = "{{access.Address}}"; chatnet = "lab"; port = "{{IrcAccess.Port}}"; autoconnect = "yes";{{(access.Password is { } password ? $" password = \"{password}\";" : "")}} } );
            chatnets = { lab = { type = "IRC"; }; };
            settings = {
              core = { real_name = "{{Nick}}"; user_name = "{{Nick}}"; nick = "{{Nick}}"; };
              "irc/core" = { cmd_queue_speed = "10msec"; };
              "irc/dcc" = {
                dcc_download_path = "{{Downloads}}";
                dcc_autoget = "ON";
                dcc_autoresume = "ON";
                dcc_autoaccept_lowports = "ON";
                dcc_autochat_masks = "*!*@*";
              };
            };
            """);

        // It wants a terminal.
        return new LiveProgram(Place, Folder.Name, false, "TERM=xterm", "script", "-qfc", $"irssi --home={Folder.Name}", "/dev/null");
    }
}
