using ReAim.NatLab.Tests.Net;

namespace ReAim.NatLab.Tests.Tcp;

/// <summary>How connections begin.</summary>
[TestFixture]
internal sealed class HandshakeTests
{
    [Test]
    public void A_message_and_its_answer_cross_and_both_ends_close()
    {
        var lab = new TwoHosts(seed: 1);
        TcpListener listener = lab.B.Listen(5190)!;
        byte[]? answer = null;
        lab.Simulation.Start(async () =>
        {
            TcpConnection connection = (await listener.AcceptAsync())!;
            byte[]? message = await connection.ReadExactAsync(5);
            connection.Send(message);
            connection.Close();
        });
        lab.Simulation.Start(async () =>
        {
            TcpConnection connection = (await lab.A.ConnectAsync(lab.Server, Simulation.Second))!;
            connection.Send("hello"u8);
            answer = await connection.ReadExactAsync(5);
            Assert.That(await connection.ReadSomeAsync(1), Is.Empty);
            connection.Close();
        });

        lab.Run(5 * Simulation.Second);

        Assert.That(answer, Is.EqualTo("hello"u8.ToArray()));
        lab.AssertQuiet();
    }
}
