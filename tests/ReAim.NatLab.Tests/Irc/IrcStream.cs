using System.Text;
using ReAim.NatLab.Tests.Tcp;

namespace ReAim.NatLab.Tests.Irc;

/// <summary>A connection as lines.</summary>
internal sealed class IrcStream(TcpConnection connection)
{
    private const int ReadAtOnce = 16_384;

    private readonly StringBuilder _unread = new();

    public TcpConnection Connection => connection;

    public void Send(string line) => connection.Send(Encoding.Latin1.GetBytes(line + "\r\n"));

    /// <summary>The next line; null at the end.</summary>
    public async Task<string?> ReadAsync()
    {
        while (true)
        {
            string text = _unread.ToString();
            int end = text.IndexOf('\n', StringComparison.Ordinal);
            if (end >= 0)
            {
                _unread.Remove(0, end + 1);
                return text[..end].TrimEnd('\r');
            }

            byte[] bytes = await connection.ReadSomeAsync(ReadAtOnce);
            if (bytes.Length == 0)
            {
                return null;
            }

            _unread.Append(Encoding.Latin1.GetString(bytes));
        }
    }
}
