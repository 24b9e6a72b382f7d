// The smallest loop that gives every packet of a netfilter queue its verdict: what reaim's is measured against. It reads
// with recvmmsg and sends all verdicts of a turn at once, repeats the packet with the "passed" bit in its mark, and looks
// at nothing else. Usage: queue_loop QUEUE PASSED_BIT; ends on SIGTERM and then prints packets, turns and CPU microseconds.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <linux/netfilter.h>
#include <linux/netlink.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_queue.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

enum { BATCH = 64, ROOM = 0xffff + 4096 };

static volatile sig_atomic_t stop;
static void on_signal(int signal) { (void)signal; stop = 1; }

static char buffers[BATCH][ROOM];
static char verdicts[BATCH * 64];

static struct nlattr *put(char *message, unsigned short type, const void *data, unsigned short length)
{
    struct nlmsghdr *header = (struct nlmsghdr *)message;
    struct nlattr *attribute = (struct nlattr *)(message + NLMSG_ALIGN(header->nlmsg_len));
    attribute->nla_type = type;
    attribute->nla_len = NLA_HDRLEN + length;
    memcpy((char *)attribute + NLA_HDRLEN, data, length);
    header->nlmsg_len = NLMSG_ALIGN(header->nlmsg_len) + NLA_ALIGN(attribute->nla_len);
    return attribute;
}

static char *begin(char *message, unsigned short type, unsigned short flags, unsigned short queue)
{
    struct nlmsghdr *header = (struct nlmsghdr *)message;
    struct nfgenmsg *generic = NLMSG_DATA(header);
    memset(message, 0, NLMSG_LENGTH(sizeof *generic));
    header->nlmsg_len = NLMSG_LENGTH(sizeof *generic);
    header->nlmsg_type = NFNL_SUBSYS_QUEUE << 8 | type;
    header->nlmsg_flags = NLM_F_REQUEST | flags;
    generic->version = NFNETLINK_V0;
    generic->res_id = htons(queue);
    return message;
}

static void configure(int fd, char *message)
{
    struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };
    char answer[1024];
    struct nlmsghdr *header = (struct nlmsghdr *)message;
    if (sendto(fd, message, header->nlmsg_len, 0, (struct sockaddr *)&kernel, sizeof kernel) < 0
        || recv(fd, answer, sizeof answer, 0) < 0
        || ((struct nlmsgerr *)NLMSG_DATA((struct nlmsghdr *)answer))->error) {
        fprintf(stderr, "queue_loop: the queue cannot be bound\n");
        exit(1);
    }
}

int main(int count, char **arguments)
{
    if (count != 3) {
        return 2;
    }

    unsigned short queue = (unsigned short)atoi(arguments[1]);
    unsigned passed = (unsigned)strtoul(arguments[2], 0, 0);
    struct sigaction action = { .sa_handler = on_signal };
    sigaction(SIGTERM, &action, 0);
    int fd = socket(AF_NETLINK, SOCK_RAW, NETLINK_NETFILTER);
    int room = 8 << 20;
    setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof room);

    char message[256];
    struct nfqnl_msg_config_cmd bind = { .command = NFQNL_CFG_CMD_BIND, .pf = htons(AF_INET) };
    struct nfqnl_msg_config_params copy = { .copy_range = htonl(0xffff), .copy_mode = NFQNL_COPY_PACKET };
    unsigned flags = htonl(NFQA_CFG_F_GSO | NFQA_CFG_F_FAIL_OPEN);
    unsigned longest = htonl(1024);
    put(begin(message, NFQNL_MSG_CONFIG, NLM_F_ACK, queue), NFQA_CFG_CMD, &bind, sizeof bind);
    configure(fd, message);
    put(begin(message, NFQNL_MSG_CONFIG, NLM_F_ACK, queue), NFQA_CFG_PARAMS, &copy, sizeof copy);
    put(message, NFQA_CFG_FLAGS, &flags, sizeof flags);
    put(message, NFQA_CFG_MASK, &flags, sizeof flags);
    put(message, NFQA_CFG_QUEUE_MAXLEN, &longest, sizeof longest);
    configure(fd, message);
    puts("ready");
    fflush(stdout);

    static struct iovec vectors[BATCH];
    static struct mmsghdr messages[BATCH];
    for (int i = 0; i < BATCH; i++) {
        vectors[i] = (struct iovec) { buffers[i], ROOM };
        messages[i].msg_hdr = (struct msghdr) { .msg_iov = &vectors[i], .msg_iovlen = 1 };
    }

    long packets = 0, turns = 0;
    while (!stop) {
        int received = recvmmsg(fd, messages, BATCH, MSG_WAITFORONE, 0);
        if (received <= 0) {
            continue;
        }

        int used = 0;
        for (int i = 0; i < received; i++) {
            struct nlmsghdr *header = (struct nlmsghdr *)buffers[i];
            char *at = (char *)header + NLMSG_LENGTH(sizeof(struct nfgenmsg));
            char *end = (char *)header + header->nlmsg_len;
            unsigned id = 0, mark = 0;
            while (at + NLA_HDRLEN <= end) {
                struct nlattr *attribute = (struct nlattr *)at;
                if ((attribute->nla_type & NLA_TYPE_MASK) == NFQA_PACKET_HDR) {
                    id = ((struct nfqnl_msg_packet_hdr *)(at + NLA_HDRLEN))->packet_id;
                } else if ((attribute->nla_type & NLA_TYPE_MASK) == NFQA_MARK) {
                    mark = ntohl(*(unsigned *)(at + NLA_HDRLEN));
                }

                at += NLA_ALIGN(attribute->nla_len);
            }

            struct nfqnl_msg_verdict_hdr verdict = { .verdict = htonl(NF_REPEAT), .id = id };
            unsigned new_mark = htonl(mark | passed);
            char *out = begin(verdicts + used, NFQNL_MSG_VERDICT, 0, queue);
            put(out, NFQA_VERDICT_HDR, &verdict, sizeof verdict);
            put(out, NFQA_MARK, &new_mark, sizeof new_mark);
            used += (int)((struct nlmsghdr *)out)->nlmsg_len;
        }

        struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };
        sendto(fd, verdicts, (size_t)used, 0, (struct sockaddr *)&kernel, sizeof kernel);
        packets += received;
        turns++;
    }

    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    long cpu = (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1000000L + usage.ru_utime.tv_usec + usage.ru_stime.tv_usec;
    printf("%ld packets %ld turns %ld us\n", packets, turns, cpu);
    return 0;
}
