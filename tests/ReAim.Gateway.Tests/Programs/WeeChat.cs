using ReAim.Gateway.Tests.World;

namespace ReAim.Gateway.Tests.Programs;

/// <summary>WeeChat without a terminal; its own plugins read commands from a pipe and write down what is shown.</summary>
internal sealed class WeeChat(NetNamespace place, string nick) : IrcClient(place, nick)
{
    private string Orders => Folder["orders"];

    public override IReadOnlyList<string> Lines =>
        Directory.Exists(Folder["logs"]) ? [.. Directory.GetFiles(Folder["logs"]).Order().SelectMany(ReadLines)] : [];

    public override void Order(string command) => WriteToPipe(Orders, $"irc.server.lab *{command}");

    public override void UsePort(int port) => Order($"/set xfer.network.port_range \"{(port == 0 ? "" : port)}\"");

    /// <summary>It takes the rest of the line as the name.</summary>
    protected override string Quote(string path) => path;

    public override void OfferPassive(string to, string path) => throw new NotSupportedException("WeeChat has no command for it.");

    public override bool IsChatting(string with) => HasShown($"connected to {with} (");

    public override void SayInChat(string to, string text) => WriteToPipe(Orders, $"xfer.irc_dcc.lab.{to} *{text}");

    public override bool HasHeardInChat(string from, string text) => HasShown($"\t{from}\t{text}");

    protected override LiveProgram Launch(IrcAccess access)
    {
        // Its own plugin makes the pipe.
        string[] orders =
        [
            "/set logger.file.flush_delay 0",
            "/set xfer.file.auto_accept_files on",
            "/set xfer.file.auto_accept_chats on",
            "/set xfer.file.convert_spaces off",
            $"/set xfer.file.download_path {Downloads}",
            "/set irc.look.temporary_servers on",
            "/set irc.server_default.anti_flood_prio_high 0",
            $"/server add lab {access.Address}/{IrcAccess.Port} -nicks={Nick} -username={Nick}{(access.Password is { } password ? $" -password={password}" : "")}",
            $"/set fifo.file.path {Orders}",
            "/fifo disable",
            "/fifo enable",
            "/connect lab",
        ];
        return new LiveProgram(Place, Folder.Name, false, "weechat-headless", "--dir", Folder.Name, "-r", string.Join(';', orders));
    }
}
